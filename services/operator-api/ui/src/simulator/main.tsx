import './styles/index.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { spoken } from './i18n'
import { defaults } from './queries'
import { SimulatorPage } from './shell/SimulatorPage'

const place = document.getElementById('root')
if (!place) throw new Error('the page has no #root')
await spoken
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient(defaults())}>
      <SimulatorPage />
    </QueryClientProvider>
  </StrictMode>,
)
