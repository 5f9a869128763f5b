/** The baton: half of it is already in somebody else's hand. */
export function Brand() {
  return (
    <svg viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
      <g transform="rotate(-45 16 16)">
        <path d="M15 11.5H7a4.5 4.5 0 0 0 0 9h8" stroke="currentColor" strokeWidth="2.2" />
        <path d="M17.2 10.4H25a5.6 5.6 0 0 1 0 11.2h-7.8z" fill="#EDA42F" />
      </g>
    </svg>
  )
}
