import { useMutation } from '@tanstack/react-query'
import {
  Button,
  Header,
  I18nProvider,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
} from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk'
import { LOCALES, type Locale, speak } from '../i18n'
import { leave } from '../session/queries'
import { Icon } from '../ui/Icon'
import { useStore } from '../ui/store'
import { choose, THEMES, type Theme, theme } from '../ui/theme'
import { Me } from './Account'

/** Loaded when it is first asked for: most sessions never open it. */
export default function AccountMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { t, i18n } = useTranslation()
  const desk = useDesk()
  const chosen = useStore(theme)
  const leaving = useMutation({
    mutationFn: leave,
    onSuccess: desk.leave,
    onError: desk.failed,
  })
  const { name, role } = desk.operator
  return (
    <I18nProvider locale={i18n.language}>
      <MenuTrigger defaultOpen>
        <Button className="rail__me">
          <Me name={name} />
        </Button>
        <Popover placement="right bottom" className="pop-menu">
          <Menu
            className="menu"
            aria-label={t('account.menu', { name })}
            onAction={(key) => {
              if (key === 'shortcuts') onShortcuts()
              if (key === 'leave') leaving.mutate()
            }}
          >
            <MenuSection className="menu__who" aria-label={name}>
              <Header>
                <b>{name}</b>
                <small>{t(`role.${role}`)}</small>
              </Header>
              <MenuItem id="shortcuts">
                <Icon name="keyboard" className="m" />
                <span className="grow">{t('account.shortcuts')}</span>
                <kbd>?</kbd>
              </MenuItem>
            </MenuSection>
            <Choice
              title={t('account.theme')}
              chosen={chosen}
              options={THEMES.map((id) => ({ id, name: t(`theme.${id}`) }))}
              onChoose={(id) => choose(id as Theme)}
            />
            <Choice
              title={t('account.language')}
              chosen={i18n.language}
              options={Object.entries(LOCALES).map(([id, own]) => ({ id, name: own }))}
              onChoose={(id) => void speak(id as Locale)}
            />
            <MenuItem id="leave" className="menu__last">
              <Icon name="logout" className="m" />
              <span className="grow">{t('account.signOut')}</span>
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
    </I18nProvider>
  )
}

interface ChoiceProps {
  title: string
  chosen: string
  options: readonly { id: string; name: string }[]
  onChoose: (id: string) => void
}

function Choice({ title, chosen, options, onChoose }: ChoiceProps) {
  return (
    <MenuSection
      selectionMode="single"
      selectedKeys={[chosen]}
      disallowEmptySelection
      onSelectionChange={(keys) => {
        const [first] = keys
        if (first !== undefined) onChoose(String(first))
      }}
    >
      <Header>{title}</Header>
      {options.map(({ id, name }) => (
        <MenuItem key={id} id={id} textValue={name}>
          <span className="menu__tick">{id === chosen && <Icon name="check" className="m" />}</span>
          <span className="grow">{name}</span>
        </MenuItem>
      ))}
    </MenuSection>
  )
}
