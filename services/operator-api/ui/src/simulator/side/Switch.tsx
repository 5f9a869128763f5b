import { useId } from 'react'

interface Props {
  label: string
  on: boolean
  /** Why it can't be turned, in words; none where it can. */
  reason?: string | null
  /** That is over in a moment: said, not shown. */
  isPassing?: boolean
  /** What is worth knowing while it is on. */
  note?: string | null
  onTurn: (on: boolean) => void
}

export function Switch({
  label,
  on,
  reason = null,
  isPassing = false,
  note = null,
  onTurn,
}: Props) {
  const id = useId()
  const said = reason ?? (on ? note : null)
  return (
    <div className="switches__row">
      <label className={reason === null ? 'switch' : 'switch switch--off'}>
        <input
          type="checkbox"
          role="switch"
          checked={on}
          aria-checked={on}
          aria-disabled={reason !== null || undefined}
          aria-describedby={said === null ? undefined : id}
          onChange={(event) => reason === null && onTurn(event.target.checked)}
        />
        <i />
        {label}
      </label>
      {said !== null && (
        <p className={isPassing ? 'vh' : 'hint switch__why'} id={id}>
          {said}
        </p>
      )}
    </div>
  )
}
