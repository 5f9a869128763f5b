import { type ReactNode, useId } from 'react'

interface Props {
  title: string
  /** Esc, the backdrop and the buttons of the form end here. */
  onClose: () => void
  alert?: boolean
  children: ReactNode
}

/** Opens itself; when it goes, the focus returns to where it came from. */
function open(element: HTMLDialogElement | null) {
  if (!element) return
  if (!element.open) element.showModal()
  return () => element.close()
}

export function Dialog({ title, onClose, alert = false, children }: Props) {
  const id = useId()
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Esc, which the element itself handles.
    <dialog
      ref={open}
      className="dlg"
      role={alert ? 'alertdialog' : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      // Browsers may close it without asking: it is open for as long as it is there.
      onClose={(event) => {
        onClose()
        const element = event.currentTarget
        queueMicrotask(() => element.isConnected && open(element))
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className="dlg__in">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}
