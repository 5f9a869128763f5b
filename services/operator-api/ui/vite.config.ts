import { readFileSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Puts the icons into the page: one request less, and none missing at the first paint. */
export function sprite(): Plugin {
  return {
    name: 'sprite',
    transformIndexHtml: (html) => html.replace('<!-- icons -->', readFileSync('icons.svg', 'utf8')),
  }
}

const API = process.env.HANDOFF_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [react(), sprite()],
  // Origin unchanged: the API accepts changes only from the pages that it serves.
  server: {
    proxy: {
      '/api': { target: API, changeOrigin: true, headers: { origin: API } },
      '/simulator': { target: API, changeOrigin: true },
    },
  },
  build: {
    // Where the API serves it from, and what its package takes along.
    outDir: '../src/handoff_operator_api/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    // tests/web/test_bundle.py is stricter, and fails.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        // What every page needs comes in one piece: many small ones compress worse.
        codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
      },
    },
  },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://localhost/' } },
    setupFiles: ['src/testing/setup.ts'],
    css: false,
    restoreMocks: true,
    testTimeout: 60_000,
  },
})
