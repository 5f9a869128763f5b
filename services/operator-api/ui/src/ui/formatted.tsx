import type { ReactNode } from 'react'

/** A marker hugs what it marks, and no letter or digit hugs it: 2*3*4 and snake_case_names stay. */
const MARKED = /(?<![\p{L}\p{N}])([*_~])(?=\S)([^*_~\n]+)(?<=\S)\1(?![\p{L}\p{N}])/gu

const TAG = { '*': 'b', _: 'i', '~': 's' } as const

/** WhatsApp's *bold*, _italic_ and ~struck out~, as the customer sees them; not one in another. */
export function formatted(text: string): ReactNode[] {
  const nodes: ReactNode[] = []
  let end = 0
  for (const found of text.matchAll(MARKED)) {
    const [whole, marker, marked] = found
    const Tag = TAG[marker as keyof typeof TAG]
    nodes.push(text.slice(end, found.index), <Tag key={found.index}>{marked}</Tag>)
    end = found.index + whole.length
  }
  return [...nodes, text.slice(end)]
}
