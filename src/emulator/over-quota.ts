import { legacyAnswer, retryAfter, statusAnswer, textAnswer, withHeaders } from './answers.ts';
import type { Answer } from './answers.ts';
import { errorInfo, retryInfo } from './errors.ts';
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
