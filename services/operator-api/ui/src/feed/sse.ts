/** Server-sent events out of a byte stream. Read by hand, because `EventSource` hides the heartbeats. */

export interface ServerEvent {
  name: string
  data: string
  id: string | null
}

/** Takes chunks as they come, gives events that are complete. Comments are signs of life only. */
export class EventParser {
  #rest = ''
  #name = ''
  #data: string[] = []
  #id: string | null = null

  push(chunk: string): ServerEvent[] {
    const events: ServerEvent[] = []
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') this.#end(events)
      else this.#field(line)
    }
    return events
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.#name = value
    else if (field === 'data') this.#data.push(value)
    else if (field === 'id') this.#id = value
  }

  #end(events: ServerEvent[]): void {
    if (this.#name !== '' || this.#data.length > 0) {
      events.push({ name: this.#name || 'message', data: this.#data.join('\n'), id: this.#id })
    }
    this.#name = ''
    this.#data = []
  }
}
