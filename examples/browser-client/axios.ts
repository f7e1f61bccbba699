import type { AxiosError, AxiosInstance, InternalAxiosRequestConfig } from 'axios';
import type { AuthClient, AuthorizedRequest } from 'nestjs-aerie/client';

interface SignedConfig extends InternalAxiosRequestConfig {
  authorized?: AuthorizedRequest;
  isSentAgain?: boolean;
}

/** Signs the requests of an axios instance in. A request that a new token cures is sent again, once. */
export function signRequestsIn(http: AxiosInstance, auth: AuthClient): void {
  http.interceptors.request.use(async (config: SignedConfig) => {
    config.authorized = await auth.authorize(http.getUri(config));
    for (const [name, value] of Object.entries(config.authorized.headers)) config.headers.set(name, value);
    return config;
  });
  http.interceptors.response.use(undefined, async (error: AxiosError<{ code?: string } | null>) => {
    const { authorized, ...config } = (error.config ?? {}) as SignedConfig;
    if (error.response?.status !== 401 || config.isSentAgain) throw error;
    if (!(await authorized?.refused(error.response.data?.code))) throw error;
    return http.request({ ...config, isSentAgain: true } as SignedConfig);
  });
}
