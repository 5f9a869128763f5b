import { type ComponentProps, useId } from 'react'

/** Mark a control that does nothing now: it stays in reach, and `id` names the words that say why. */
export function held(reason: string | null, id: string) {
  return reason === null ? {} : ({ 'aria-disabled': true, 'aria-describedby': id } as const)
}

type Held =
  /** Why it does nothing now, in words; none where it acts. */
  | { reason: string | null; pending?: undefined }
  /** What it says instead of its name while it is at work; none while it is not. */
  | { reason?: undefined; pending: string | null }

type Props = Held &
  Omit<ComponentProps<'button'>, 'disabled' | 'aria-disabled' | 'aria-describedby'>

/** A button that cannot always act. Then it is not disabled: it says why, and swallows the press. */
export function Button({
  reason = null,
  pending = null,
  onClick,
  title,
  children,
  ...rest
}: Props) {
  const id = useId()
  const isHeld = reason !== null || pending !== null
  return (
    <>
      <button
        {...rest}
        {...held(reason, id)}
        aria-disabled={isHeld || undefined}
        title={reason ?? title}
        // Enter in a field presses it, too: prevented, that sends no form.
        onClick={(event) => (isHeld ? event.preventDefault() : onClick?.(event))}
      >
        {pending ?? children}
      </button>
      {reason !== null && (
        <span className="vh" id={id}>
          {reason}
        </span>
      )}
    </>
  )
}
