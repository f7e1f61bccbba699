"""Answers the jobs on standard input (jwt-library.ts) with PyJWT, one outcome for each."""

import json
import sys

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key  # PyJWT's RS, PS, ES and EdDSA need it


def verify(job):
    # The client fetches the key set over HTTP, and takes the key of the token's kid.
    key = job.get("secret") or jwt.PyJWKClient(job["jwksUrl"]).get_signing_key_from_jwt(job["token"]).key
    claims = jwt.decode(
        job["token"],
        key,
        algorithms=[job["alg"]],
        issuer=job["issuer"],
        audience=job["audience"],
        options={"require": ["exp", "iss", "aud"]},
    )
    return {"header": jwt.get_unverified_header(job["token"]), "claims": claims}


def sign(job):
    # It writes "typ": "JWT" unless told another; an empty one is left out.
    headers = {"typ": "", **job["header"]}
    return {"token": jwt.encode(job["claims"], job["key"], algorithm=job["alg"], headers=headers)}


def answer(job):
    try:
        return verify(job) if job["do"] == "verify" else sign(job)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"}


json.dump([answer(job) for job in json.load(sys.stdin)], sys.stdout)
