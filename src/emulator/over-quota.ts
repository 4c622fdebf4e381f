import {
  legacyAnswer,
  legacyRefusalAnswer,
  retryAfter,
  statusAnswer,
  textAnswer,
  withHeaders,
} from './answers.ts';
import type { Answer } from './answers.ts';
import { errorInfo, retryInfo } from './errors.ts';
import { LegacyError } from './legacy-errors.ts';
import type { Bucket, Switches } from './world-schema.ts';

const SERVICE = 'cloudchannel.googleapis.com';
const CONSUMER = 'projects/100000000001';

/** The answer to a call over quota, as the world's switches want it written. */
export function overQuotaAnswer(
  over: { readonly bucket: Bucket; readonly limit: number; readonly retryMs: number },
  switches: Switches,
  now: number,
): Answer {
  const answer = answerInFormat(over, switches);
  if (switches.overQuotaRetryAfter === 'none') return answer;
  return withHeaders(answer, retryAfter(switches.overQuotaRetryAfter, over.retryMs / 1000, now));
}

function answerInFormat(
  over: { readonly bucket: Bucket; readonly limit: number; readonly retryMs: number },
  switches: Switches,
): Answer {
  if (over.bucket === 'reseller') return legacyRefusalAnswer(resellerRefusal(switches));
  if (over.bucket === 'directory') return legacyRefusalAnswer(directoryRefusal(switches));
  const metric = `${SERVICE}/${over.bucket}`;
  const message = `Quota exceeded for quota metric '${metric}', limit ${over.limit} a minute.`;
  if (switches.overQuota === 'text') return textAnswer(429, message);
  if (switches.overQuota === 'legacy') {
    const reason = 'rateLimitExceeded';
    return legacyAnswer(403, { domain: 'usageLimits', reason, message: reason });
  }
  const metadata = {
    consumer: CONSUMER,
    service: SERVICE,
    quota_metric: metric,
    quota_limit: 'PerMinutePerProject',
  };
  return statusAnswer(429, {
    code: 'RESOURCE_EXHAUSTED',
    message,
    details: [
      errorInfo('RATE_LIMIT_EXCEEDED', metadata),
      quotaFailure(metric, over.limit),
      ...(switches.overQuotaRetryInfo ? [retryInfo(over.retryMs / 1000)] : []),
    ],
  });
}

/** Google's own pages disagree: https://developers.google.com/workspace/admin/reseller/v1/limits and its errors page. */
function resellerRefusal({ resellerOverQuota }: Switches): LegacyError {
  const message = 'Quota exceeded for the current request';
  return resellerOverQuota === 'backendError'
    ? new LegacyError(503, { reason: 'backendError', message })
    : new LegacyError(429, { reason: 'quotaExceeded', domain: 'usageLimits', message });
}

/** https://developers.google.com/workspace/admin/directory/v1/limits */
function directoryRefusal({ directoryOverQuota: reason }: Switches): LegacyError {
  return reason === 'rateLimitExceeded'
    ? new LegacyError(429, { reason, domain: 'usageLimits', message: 'Rate Limit Exceeded' })
    : new LegacyError(403, { reason, domain: 'usageLimits', message: 'User Rate Limit Exceeded' });
}

function quotaFailure(metric: string, limit: number): object {
  return {
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: [
      {
        subject: CONSUMER,
        description: `${limit} calls a minute are allowed.`,
        apiService: SERVICE,
        quotaMetric: metric,
        quotaValue: String(limit),
      },
    ],
  };
}
