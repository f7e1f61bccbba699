import { HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import type { AuthClient } from 'nestjs-aerie/client';
import { catchError, from, switchMap } from 'rxjs';

/** `provideHttpClient(withInterceptors([signedIn(auth)]))`. A request that a new token cures is sent again, once. */
export const signedIn =
  (auth: AuthClient): HttpInterceptorFn =>
  (request, next) => {
    const authorized = () => from(auth.authorize(request.url));
    return authorized().pipe(
      switchMap(({ headers, refused }) =>
        next(request.clone({ setHeaders: { ...headers } })).pipe(
          catchError(async (error: unknown) => {
            const isRefused = error instanceof HttpErrorResponse && error.status === 401;
            if (!isRefused || !(await refused(error.error?.code))) throw error;
            return undefined;
          }),
          switchMap((answer) => (answer ? [answer] : sendAgain())),
        ),
      ),
    );
    function sendAgain() {
      return authorized().pipe(
        switchMap(({ headers }) => next(request.clone({ setHeaders: { ...headers } }))),
      );
    }
  };
