import type { ReactNode } from 'react'

interface Props {
  title: string
  text: string
  art?: 'calm' | 'broken'
  /** Its place among the headings. */
  heading?: 'h1' | 'h2' | 'h3'
  children?: ReactNode
}

const ART: Record<NonNullable<Props['art']>, ReactNode> = {
  calm: (
    <>
      <path
        d="M6 44h24"
        stroke="var(--bot-line)"
        strokeWidth="5"
        strokeDasharray="1 8"
        strokeLinecap="round"
      />
      <path d="M66 44h24" stroke="var(--human)" strokeWidth="5" strokeLinecap="round" />
      <circle cx="48" cy="44" r="9" fill="var(--surface)" stroke="var(--line-2)" strokeWidth="3" />
      <path
        d="M34 22c4-8 10-12 14-12s10 4 14 12"
        stroke="var(--line-2)"
        strokeWidth="3"
        strokeDasharray="5 6"
      />
    </>
  ),
  broken: (
    <>
      <path d="M6 40h26" stroke="var(--human)" strokeWidth="5" strokeLinecap="round" />
      <path d="M64 40h26" stroke="var(--line-2)" strokeWidth="5" strokeLinecap="round" />
      <path
        d="m40 30 16 20M56 30 40 50"
        stroke="var(--danger)"
        strokeWidth="4"
        strokeLinecap="round"
      />
    </>
  ),
}

/** Says what is going on and what would appear; drawn with the three lines. */
export function Empty({ title, text, art = 'calm', heading: Heading = 'h3', children }: Props) {
  return (
    <div className="empty">
      <svg className="art" viewBox="0 0 96 64" fill="none" aria-hidden="true">
        {ART[art]}
      </svg>
      <Heading>{title}</Heading>
      <p>{text}</p>
      {children}
    </div>
  )
}
