// What the page itself can tell: from an input to the frame that shows its effect.
// Evaluated in the console's pages and in the floor's.

const frame = () => new Promise(requestAnimationFrame)

/** After the next frame has been handed over: what was drawn is on its way to the screen. */
const painted = async () => {
  await frame()
  await new Promise((resolve) => setTimeout(resolve))
}

const shown = (selector, text) =>
  [...document.querySelectorAll(selector)].some((found) => found.textContent.includes(text))

globalThis.bench = {
  tasks: [],
  /** The most rows that were ever in the page. */
  rows: 0,

  /** Keep every task that held the page for more than 50 ms. */
  watch() {
    const count = () => {
      this.rows = Math.max(this.rows, document.querySelectorAll('[data-row]').length)
    }
    new MutationObserver(count).observe(document.body, { childList: true, subtree: true })
    const keep = (list) => this.tasks.push(...list.getEntries().map((task) => task.duration))
    new PerformanceObserver(keep).observe({ type: 'longtask' })
  },

  longest() {
    return Math.max(0, ...this.tasks.splice(0))
  },

  /** From the next click to the frame that has the customer's name over their messages. */
  expect(name, title, messages) {
    this.opening = new Promise((resolve) => {
      const clicked = async (event) => {
        while (!shown(title, name) || !document.querySelector(messages)) await frame()
        await painted()
        resolve(performance.now() - event.timeStamp)
      }
      addEventListener('click', clicked, { capture: true, once: true })
    })
  },

  /** From a jump in a long list to the frame in which no part of the box is empty. */
  async jump(box, to) {
    await frame()
    const start = performance.now()
    box.scrollTop = to
    while (!this.isFilled(box)) await frame()
    await painted()
    return performance.now() - start
  },

  isFilled(box) {
    const { left, top, width, height } = box.getBoundingClientRect()
    for (let y = top + 2; y < top + height - 2; y += 20) {
      const there = document.elementFromPoint(left + width / 2, y)
      if (!there?.closest('[data-row], h3, .rows__end')) return false
    }
    return true
  },
}
