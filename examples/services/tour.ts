import { BILLING, ISSUER, ORDERS } from './places.js';

const bearer = '-H "authorization: Bearer $TOKEN"';
const login = `{"identifier":"ada","password":"correct horse battery","mode":"tokens"}`;
const field = `node -pe "JSON.parse(require('fs').readFileSync(0, 'utf8')).access_token"`;

/** Lines to type; each has its expected status. */
export const TOUR = `
# Sign in
TOKEN=$(curl -s ${ISSUER}/auth/login -H 'content-type: application/json' -d '${login}' | ${field})

# orders verifies the token by itself
curl ${ORDERS}/orders ${bearer} # -> 200
# orders calls billing on ada's behalf, with a token exchanged for hers
curl ${ORDERS}/orders/1/bill ${bearer} # -> 200
# billing does not accept her own token
curl ${BILLING}/bills/1 ${bearer} # -> 401
# orders calls billing in its own name
curl -X POST ${ORDERS}/orders/close ${bearer} # -> 201

# The keys rotate: earlier tokens and later tokens are good
curl -X POST ${ISSUER}/keys/rotate ${bearer} # -> 201
curl ${ORDERS}/orders ${bearer} # -> 200
sleep 4
TOKEN=$(curl -s ${ISSUER}/auth/login -H 'content-type: application/json' -d '${login}' | ${field})
curl ${ORDERS}/orders ${bearer} # -> 200

# Sign out: every service refuses
curl -X POST ${ISSUER}/auth/logout ${bearer} # -> 204
curl ${ORDERS}/orders/1/bill ${bearer} # -> 401
`.trim();
