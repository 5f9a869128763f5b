import type { ReactNode } from 'react'

interface Props {
  on: boolean
  onChange: (on: boolean) => void
  children: ReactNode
}

export function Switch({ on, onChange, children }: Props) {
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        checked={on}
        onChange={(event) => onChange(event.target.checked)}
      />
      <i />
      {children}
    </label>
  )
}
