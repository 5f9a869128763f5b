// Runs before the first paint, so that an explicit choice never flashes. A file, because the page's
// Content-Security-Policy allows no inline script.
const theme = document.cookie.match(/(?:^|; )theme=(light|dark)/)
if (theme) document.documentElement.dataset.theme = theme[1]
