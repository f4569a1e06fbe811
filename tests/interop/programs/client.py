"""A tus client that we did not write: tuspy, with a client certificate.

Takes one JSON object: endpoint, file, url (null for a new upload), metadata, certificate, key, and options of the
library. The authority comes in REQUESTS_CA_BUNDLE. Prints one JSON object: url, resumed_at, and an error if there is one.
"""

import json
import sys

from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

given = json.loads(sys.argv[1])
client = TusClient(given["endpoint"], client_cert=(given["certificate"], given["key"]))
said = {}
try:
    uploader = client.uploader(
        given["file"], url=given["url"], metadata=given["metadata"], **given["options"]
    )
    said["resumed_at"] = uploader.offset
    try:
        uploader.upload()
    finally:
        said["url"] = uploader.url
except TusCommunicationError as error:
    said["error"] = str(error)
    said["status"] = error.status_code
    said["body"] = (error.response_content or b"").decode()
print(json.dumps(said))
