export type IconName =
  | 'alert'
  | 'baton'
  | 'bell'
  | 'book'
  | 'bot'
  | 'check'
  | 'checks'
  | 'clock'
  | 'done'
  | 'down'
  | 'download'
  | 'edit'
  | 'external'
  | 'eye'
  | 'globe'
  | 'hourglass'
  | 'inbox'
  | 'keyboard'
  | 'left'
  | 'link'
  | 'lock'
  | 'logout'
  | 'mic'
  | 'moon'
  | 'more'
  | 'note'
  | 'phone'
  | 'photo'
  | 'play'
  | 'plus'
  | 'pulse'
  | 'refresh'
  | 'return'
  | 'right'
  | 'search'
  | 'send'
  | 'shield'
  | 'sliders'
  | 'sound'
  | 'sound-off'
  | 'stop'
  | 'sun'
  | 'user'
  | 'wifi-off'
  | 'x'

interface Props {
  name: IconName
  /** Said by screen readers; without it the icon is decoration beside a word. */
  label?: string
  className?: string
}

export function Icon({ name, label, className = '' }: Props) {
  const use = <use href={`#i-${name}`} />
  if (label !== undefined) {
    return (
      <svg className={`i ${className}`} role="img" aria-label={label}>
        {use}
      </svg>
    )
  }
  return (
    <svg className={`i ${className}`} aria-hidden="true" focusable="false">
      {use}
    </svg>
  )
}
