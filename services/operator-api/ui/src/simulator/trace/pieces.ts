/** JSON in pieces, so that keys, texts and numbers can be told apart at a glance. */

export interface Piece {
  kind: 'k' | 's' | 'n' | ''
  text: string
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g

export function piecesOf(value: unknown): Piece[] {
  const json = JSON.stringify(value, null, 2)
  const pieces: Piece[] = []
  let end = 0
  for (const match of json.matchAll(TOKEN)) {
    const [whole, quoted, colon] = match
    if (match.index > end) pieces.push({ kind: '', text: json.slice(end, match.index) })
    if (quoted === undefined) pieces.push({ kind: 'n', text: whole })
    else {
      pieces.push({ kind: colon === undefined ? 's' : 'k', text: quoted })
      if (colon !== undefined) pieces.push({ kind: '', text: colon })
    }
    end = match.index + whole.length
  }
  pieces.push({ kind: '', text: json.slice(end) })
  return pieces
}
