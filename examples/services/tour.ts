import { BILLING, ISSUER, ORDERS } from './places.js';

const bearer = '-H "authorization: Bearer $TOKEN"';
const login = `{"identifier":"ada","password":"correct horse battery","mode":"tokens"}`;
const field = `node -pe "JSON.parse(require('fs').readFileSync(0, 'utf8')).access_token"`;

/** What to type; each line says what it answers. */
export const TOUR = `
# Sign in
TOKEN=$(curl -s ${ISSUER}/auth/login -H 'content-type: application/json' -d '${login}' | ${field})

# A service that verifies the token by itself
curl ${ORDERS}/orders ${bearer} # -> 200
# It asks another one on ada's behalf, with a token that is exchanged for hers
curl ${ORDERS}/orders/1/bill ${bearer} # -> 200
# Hers is not good there
curl ${BILLING}/bills/1 ${bearer} # -> 401
# In its own name
curl -X POST ${ORDERS}/orders/close ${bearer} # -> 201

# The keys rotate: what was signed before goes on, and so does what is signed next
curl -X POST ${ISSUER}/keys/rotate ${bearer} # -> 201
curl ${ORDERS}/orders ${bearer} # -> 200
sleep 4
TOKEN=$(curl -s ${ISSUER}/auth/login -H 'content-type: application/json' -d '${login}' | ${field})
curl ${ORDERS}/orders ${bearer} # -> 200

# Sign out: every service knows
curl -X POST ${ISSUER}/auth/logout ${bearer} # -> 204
curl ${ORDERS}/orders/1/bill ${bearer} # -> 401
`.trim();
