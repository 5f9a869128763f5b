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
