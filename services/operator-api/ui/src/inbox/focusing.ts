/** Where the focus goes once a conversation is done with: to the next row, else to the thread. */
export function focusAfter(conversation: string): void {
  // A dialog gives the focus back to its opener first, and the opener may be gone by then.
  requestAnimationFrame(() => {
    const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
    const at = rows.findIndex((row) => row.dataset.row === conversation)
    const next = rows[at + 1] ?? rows[at - 1]
    const target = next?.checkVisibility() ? next : document.getElementById('conversa')
    target?.focus()
  })
}

/** The focus follows the keys along the list; a row that was out of sight is drawn within a moment. */
export function focusRow(conversation: string, frames = 10): void {
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(`[data-row="${CSS.escape(conversation)}"]`)
    if (row) row.focus({ preventScroll: true })
    else if (frames > 0) focusRow(conversation, frames - 1)
  })
}
