import { Icon } from './Icon'
import { initials, tint } from './people'

type Size = 'md' | 'sm' | 'xs'
const SIZE: Record<Size, string> = { md: '', sm: 'ava--sm', xs: 'ava--xs' }

/** Customers are tinted circles, people of the team green circles, the bot a rounded square. */
export function CustomerAvatar({
  id,
  name,
  className = '',
}: {
  id: string
  name: string
  className?: string
}) {
  return (
    <span className={`ava ${tint(id)} ${className}`} aria-hidden="true">
      {initials(name)}
    </span>
  )
}

export function PersonAvatar({ name, size = 'sm' }: { name: string; size?: Size }) {
  return (
    <span className={`ava ava--op ${SIZE[size]}`} aria-hidden="true">
      {initials(name)}
    </span>
  )
}

export function BotAvatar({ size = 'sm' }: { size?: Size }) {
  return (
    <span className={`ava ava--bot ${SIZE[size]}`} aria-hidden="true">
      <Icon name="bot" />
    </span>
  )
}
