'use client';

import { useState, useCallback, useRef } from 'react';
import { link, type LinkError, type LinkErrorCode } from 'link-widget';

type LinkStatus = 'idle' | 'linking' | 'success' | 'error';

interface UseLinkAccountResult {
  startLink: (sessionId: string) => Promise<string | null>;
  cancel: () => void;
  status: LinkStatus;
  error: { code: LinkErrorCode; message: string } | null;
}

export function useLinkAccount(): UseLinkAccountResult {
  const [status, setStatus] = useState<LinkStatus>('idle');
  const [error, setError] = useState<{ code: LinkErrorCode; message: string } | null>(null);
  const flowRef = useRef<ReturnType<typeof link> | null>(null);

  const startLink = useCallback(async (sessionId: string): Promise<string | null> => {
    setStatus('linking');
    setError(null);

    try {
      const flow = link(sessionId);
      flowRef.current = flow;
      const result = await flow;
      setStatus('success');
      return result.consentID ?? null;
    } catch (err) {
      const linkError = err as LinkError;
      if (linkError.code === 'LINK_USER_CANCELLED') {
        setStatus('idle');
        return null;
      }
      setStatus('error');
      setError({ code: linkError.code, message: handleLinkError(linkError) });
      return null;
    } finally {
      flowRef.current = null;
    }
  }, []);

  const cancel = useCallback(() => {
    flowRef.current?.close();
  }, []);

  return { startLink, cancel, status, error };
}

// Example component
function LinkAccountButton({
  sessionId,
  onSuccess,
}: {
  sessionId: string;
  onSuccess: (consentId: string) => void;
}) {
  const { startLink, status, error } = useLinkAccount();

  const handleClick = async () => {
    const consentId = await startLink(sessionId);
    if (consentId) onSuccess(consentId);
  };

  return (
    <div>
      {error && <p className="text-red-600">{error.message}</p>}
      <button onClick={handleClick} disabled={status === 'linking'}>
        {status === 'linking' ? 'Connecting...' : 'Link Account'}
      </button>
    </div>
  );
}

function handleLinkError(error: LinkError): string {
  switch (error.code) {
    case 'LINK_USER_CANCELLED':
      return 'You cancelled the linking process.';
    case 'LINK_TIMEOUT':
    case 'CONSENT_TIMEOUT':
      return 'The session timed out. Please try again.';
    case 'LINK_INVALID_SESSION':
      return 'Invalid session. Please restart the process.';
    case 'CONSENT_ENDUSER_DENIED':
      return 'You declined to share your data.';
    case 'CONSENT_OTP_FAILURE':
      return 'Verification failed. Please try again.';
    case 'CONSENT_ENDUSER_INELIGIBLE':
      return 'Your account is not eligible for data sharing.';
    case 'CONSENT_UPSTREAM_PROCESSING_ERROR':
      return 'There was an issue with your bank. Please try again later.';
    default:
      return 'An error occurred. Please try again.';
  }
}

export { LinkAccountButton };
