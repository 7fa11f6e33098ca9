"""Writes down each whole request; see ProgramBackend."""
import json


def app(environ, start_response):
    body = environ["wsgi.input"].read().decode("latin-1")
    # gunicorn takes a body that is cut off for a shorter one.
    if len(body) < int(environ.get("CONTENT_LENGTH") or 0):
        print("BAD cut off", flush=True)
        raise ConnectionAbortedError
    method, target = environ["REQUEST_METHOD"], environ["RAW_URI"]
    print(f"SEEN {method} {target} {json.dumps(body)}", flush=True)
    answer = f"SAW {method} {target}\n".encode("latin-1")
    start_response("200 OK", [("content-length", str(len(answer)))])
    return [] if method == "HEAD" else [answer]
