import type { Shelf } from '../composer/drafts'

/** `localStorage` of one browser; `isFull` refuses to keep anything more. */
export class FakeShelf implements Shelf {
  readonly kept = new Map<string, string>()
  isFull = false

  get length(): number {
    return this.kept.size
  }

  key(at: number): string | null {
    return [...this.kept.keys()][at] ?? null
  }

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    if (this.isFull) throw new Error('quota')
    this.kept.set(key, value)
  }

  removeItem(key: string): void {
    this.kept.delete(key)
  }
}
