/** A conversation handed over: dotted, dashed, solid. */
export function Scene() {
  return (
    <div className="login__art" aria-hidden="true">
      <svg aria-hidden="true" className="scene" viewBox="0 0 620 640" fill="none">
        <path
          d="M96 54V250"
          stroke="#8D9BEA"
          strokeWidth="5"
          strokeDasharray="1 13"
          strokeLinecap="round"
        />
        <path
          d="M96 276V356"
          stroke="#EDA42F"
          strokeWidth="5"
          strokeDasharray="14 11"
          strokeLinecap="butt"
        />
        <path d="M96 392V600" stroke="#4FC2AA" strokeWidth="5" strokeLinecap="round" />
        <rect
          x="76"
          y="28"
          width="40"
          height="36"
          rx="13"
          fill="#26356E"
          stroke="#8D9BEA"
          strokeWidth="2"
        />
        <circle cx="89" cy="46" r="2.600" fill="#C5CEFF" />
        <circle cx="103" cy="46" r="2.600" fill="#C5CEFF" />
        <circle cx="96" cy="264" r="22" fill="#3A2A0C" stroke="#EDA42F" strokeWidth="2" />
        <g transform="rotate(-45 96 264)">
          <path d="M95 257.500H86a6.500 6.500 0 0 0 0 13h9" stroke="#F6D9A3" strokeWidth="2" />
          <path d="M97.500 256.500h8.500a7.500 7.500 0 0 1 0 15h-8.500z" fill="#EDA42F" />
        </g>
        <circle cx="96" cy="382" r="22" fill="#103B33" stroke="#4FC2AA" strokeWidth="2" />
        <circle cx="96" cy="376" r="6" stroke="#BFEFE3" strokeWidth="2.200" />
        <path
          d="M84.500 394c2-6.500 6-9.500 11.500-9.500s9.500 3 11.500 9.500"
          stroke="#BFEFE3"
          strokeWidth="2.200"
          strokeLinecap="round"
        />
        <g>
          <rect x="154" y="76" width="270" height="52" rx="16" fill="#1B3A33" />
          <path
            d="M176 96h170M176 110h104"
            stroke="#8FB3A8"
            strokeWidth="5"
            strokeLinecap="round"
          />
        </g>
        <g>
          <rect
            x="258"
            y="150"
            width="310"
            height="74"
            rx="16"
            fill="#1F2C5C"
            stroke="#7C8AE0"
            strokeWidth="2"
            strokeDasharray="1.500 5"
            strokeLinecap="round"
          />
          <path
            d="M280 174h240M280 188h262M280 202h130"
            stroke="#A9B5F5"
            strokeWidth="5"
            strokeLinecap="round"
          />
        </g>
        <g>
          <rect x="154" y="254" width="414" height="104" rx="16" fill="#142E28" stroke="#35564D" />
          <path
            d="M154 270a16 16 0 0 1 16-16h122"
            stroke="#8D9BEA"
            strokeWidth="4"
            strokeDasharray="4 5"
          />
          <path d="M296 254h112" stroke="#EDA42F" strokeWidth="4" strokeDasharray="13 8" />
          <path d="M414 254h138a16 16 0 0 1 16 16" stroke="#4FC2AA" strokeWidth="4" />
          <path
            d="M178 284h150M178 304h340M178 320h290M178 336h190"
            stroke="#7FA398"
            strokeWidth="5"
            strokeLinecap="round"
          />
        </g>
        <g>
          <rect x="280" y="392" width="288" height="62" rx="16" fill="#11604F" />
          <path
            d="M302 414h238M302 430h160"
            stroke="#BDEADF"
            strokeWidth="5"
            strokeLinecap="round"
          />
        </g>
        <g>
          <rect x="154" y="478" width="212" height="46" rx="16" fill="#1B3A33" />
          <path d="M176 501h150" stroke="#8FB3A8" strokeWidth="5" strokeLinecap="round" />
        </g>
        <g>
          <rect x="330" y="548" width="238" height="46" rx="16" fill="#11604F" />
          <path d="M352 571h150" stroke="#BDEADF" strokeWidth="5" strokeLinecap="round" />
          <path
            d="m522 571 6 6 12-13M534 577l10-12"
            stroke="#7FC3FF"
            strokeWidth="3"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </g>
      </svg>
    </div>
  )
}
