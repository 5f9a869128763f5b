import { startTransition, useId, useOptimistic } from 'react'
import { held } from '../../ui/Button'

interface Props {
  label: string
  on: boolean
  /** Why it can't be turned, in words; none where it can. */
  reason?: string | null
  /** That is over in a moment: said, not shown. */
  isPassing?: boolean
  /** What is worth knowing while it is on. */
  note?: string | null
  onTurn: (on: boolean) => void | Promise<void>
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
  // It turns under the finger; what becomes of it is known later.
  const [shown, show] = useOptimistic(on)
  const said = reason ?? (shown ? note : null)
  const turn = (wanted: boolean) => {
    if (reason !== null) return
    startTransition(async () => {
      show(wanted)
      await onTurn(wanted)
    })
  }
  return (
    <div className="switches__row">
      <label className={reason === null ? 'switch' : 'switch switch--off'}>
        <input
          type="checkbox"
          role="switch"
          checked={shown}
          aria-checked={shown}
          aria-describedby={said === null ? undefined : id}
          {...held(reason, id)}
          onChange={(event) => turn(event.target.checked)}
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
