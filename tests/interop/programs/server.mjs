// A tus server that we did not write: @tus/server with @tus/file-store, behind mutual TLS on the loopback.
//
// Takes one JSON object: folder, path, certificate, key, ca. Prints where it listens. Ends when standard input ends.
// The line `expire` on standard input lets the upload whose PATCH breaks off next expire; one created later lives.

import { readFileSync } from 'node:fs'
import https from 'node:https'
import { createInterface } from 'node:readline'
import { FileStore } from '@tus/file-store'
import { EVENTS, Server } from '@tus/server'

const DAY = 24 * 60 * 60 * 1000
const { folder, path, certificate, key, ca } = JSON.parse(process.argv[2])

const datastore = new FileStore({ directory: folder, expirationPeriodInMilliseconds: DAY })
const tus = new Server({ path, datastore, relativeLocation: true })
tus.on(EVENTS.POST_CREATE, () => {
  datastore.expirationPeriodInMilliseconds = DAY
})

let expires = false
const identity = { cert: readFileSync(certificate), key: readFileSync(key), ca: readFileSync(ca) }
const options = { ...identity, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' }
const server = https.createServer(options, (request, response) => {
  if (expires && request.method === 'PATCH') {
    request.once('close', () => {
      datastore.expirationPeriodInMilliseconds = 1
    })
    expires = false
  }
  return tus.handle(request, response)
})
server.listen(0, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`))

const commands = createInterface({ input: process.stdin })
commands.on('line', (line) => {
  expires = line === 'expire'
  console.log(line)
})
commands.on('close', () => process.exit(0))
