/** The tab's icon says how many conversations need somebody, also where the title is too short. */

const SIZE = 64
let latest = 0

export function count(needing: number): void {
  latest = needing
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (!link) return
  if (needing === 0) {
    link.href = '/icon.svg'
    return
  }
  const image = new Image(SIZE, SIZE)
  image.onload = () => {
    if (needing === latest) link.href = drawn(image, needing)
  }
  image.src = '/icon.svg'
}

function drawn(image: HTMLImageElement, needing: number): string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE
  const pen = canvas.getContext('2d')
  if (!pen) return image.src
  pen.drawImage(image, 0, 0, SIZE, SIZE)
  pen.fillStyle = '#eda42f'
  pen.beginPath()
  pen.arc(43, 43, 21, 0, 2 * Math.PI)
  pen.fill()
  pen.fillStyle = '#2b1800'
  pen.font = `700 ${needing > 9 ? 26 : 32}px sans-serif`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(needing > 99 ? '99' : String(needing), 43, 45)
  return canvas.toDataURL()
}
