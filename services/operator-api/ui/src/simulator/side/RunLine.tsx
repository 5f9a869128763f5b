import { Icon } from '../../ui/Icon'
import { useStore } from '../../ui/store'
import { useBench } from '../bench'
import { useTexts } from '../i18n'
import type { Run } from '../script/running'

/** Beside the phone where the list of scripts is out of sight. */
export function RunStrip() {
  const { t } = useTexts()
  const run = useStore(useBench().running)
  if (!run) return null
  return (
    <div className="run run--strip">
      <b>{t(`script.${run.name}`)}</b>
      <RunLine run={run} />
    </div>
  )
}

/** How far a script is, and its end. */
export function RunLine({ run }: { run: Run }) {
  const { t } = useTexts()
  const { running } = useBench()
  const playing = run.state === 'playing'
  const step = Math.min(run.at + 1, run.of)
  const share = run.state === 'done' ? 1 : run.at / run.of
  return (
    <div className="run">
      <div
        className="prog"
        role="progressbar"
        aria-label={t(`script.${run.name}`)}
        aria-valuemin={0}
        aria-valuemax={run.of}
        aria-valuenow={Math.min(run.at, run.of)}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <div className="run__b">
        <p className="hint grow" role="status">
          {run.state === 'playing' ? (
            <>
              <b>{t('run.step', { step, of: run.of })}</b> {t(`run.${run.waiting}`)}
            </>
          ) : (
            t(`run.${run.state}`)
          )}
        </p>
        <button
          className="btn btn--sm"
          type="button"
          onClick={playing ? running.stop : running.dismiss}
        >
          <Icon name={playing ? 'stop' : 'x'} />
          {playing ? t('run.stop') : t('run.hide')}
        </button>
      </div>
    </div>
  )
}
