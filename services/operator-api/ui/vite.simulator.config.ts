import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { sprite } from './vite.config.ts'

/** The page is the index of the folder that it is built into. */
function asIndex(page: string): Plugin {
  return {
    name: 'as-index',
    enforce: 'post',
    generateBundle(_, bundle) {
      const built = bundle[page]
      if (!built) throw new Error(`${page} was not built`)
      built.fileName = 'index.html'
    },
  }
}

const API = process.env.HANDOFF_API ?? 'http://127.0.0.1:8000'
const CALLS = ['setting', 'clock', 'faults', 'phones', 'samples', 'trace', 'events']

export default defineConfig({
  plugins: [react(), sprite(), asIndex('simulator.html')],
  // Wherever the simulator is mounted, its page lies beside its API.
  base: './',
  server: {
    proxy: Object.fromEntries(
      CALLS.map((call) => [
        `/${call}`,
        { target: API, changeOrigin: true, rewrite: (path: string) => `/simulator${path}` },
      ]),
    ),
  },
  build: {
    // Where the simulator serves it from, and what its package takes along.
    outDir: '../../simulator/src/handoff_simulator/page',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    rollupOptions: { input: 'simulator.html' },
  },
})
