import { piecesOf } from './pieces'

export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: it scrolls sideways, so it is a region that can be focused.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <pre className="json" tabIndex={0} role="region" aria-label={label}>
      {piecesOf(value).map((piece, at) => (
        <span key={at} className={piece.kind}>
          {piece.text}
        </span>
      ))}
    </pre>
  )
}
