// A tus client that we did not write: tus-js-client, with a client certificate.
//
// Takes one JSON object: endpoint, file, storage (where it remembers addresses of uploads), metadata, certificate, key,
// ca, and options of the library. Prints one JSON object: resumed, and url or error.

import { createReadStream, readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { DefaultHttpStack, FileUrlStorage, Upload } from 'tus-js-client'

const { endpoint, file, storage, metadata, certificate, key, ca, options } = JSON.parse(process.argv[2])
const agent = new Agent({ cert: readFileSync(certificate), key: readFileSync(key), ca: readFileSync(ca) })

function end(said) {
  console.log(JSON.stringify(said))
  process.exit(0)
}

let resumed = false
const upload = new Upload(createReadStream(file), {
  endpoint,
  metadata,
  httpStack: new DefaultHttpStack({ agent }),
  urlStorage: new FileUrlStorage(storage),
  retryDelays: null,
  ...options,
  onSuccess: () => end({ resumed, url: upload.url }),
  onError: (error) => {
    const response = error.originalResponse
    end({ resumed, error: error.message, status: response?.getStatus(), body: response?.getBody() })
  },
})
const before = await upload.findPreviousUploads()
if (before.length > 0) {
  upload.resumeFromPreviousUpload(before[0])
  resumed = true
}
upload.start()
