// Messages of microservices that carry a token, where no server is needed.
import './tcp.e2e-spec.js';
