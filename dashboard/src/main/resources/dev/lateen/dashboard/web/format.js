// Numbers for the eye.

const digits = value => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

export function rate(value) {
  if (!value) return '0/s';
  if (value < 0.005) return '<0.01/s';
  return value >= 1e6 ? `${digits(value / 1e6)}M/s` : value >= 1e4 ? `${digits(value / 1e3)}k/s` : `${digits(value)}/s`;
}

export function millis(value) {
  if (value === undefined) return '–';
  return value >= 1e4 ? `${digits(value / 1e3)} s` : `${digits(value)} ms`;
}

export function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let unit = 0;
  let rest = value || 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit === 0 ? rest.toFixed(0) : digits(rest)} ${units[unit]}/s`;
}

export function percent(share) {
  if (share === undefined) return '–';
  const value = share * 100;
  return value > 99.9 && value < 100 ? '>99.9%' : value > 0 && value < 0.1 ? '<0.1%' : `${Number(value.toFixed(1))}%`;
}

export function count(value) {
  return value === undefined ? '–' : Math.round(value).toLocaleString('en');
}

/** The share that was not answered well: by the callee's fault (5xx, gRPC, none) or by the caller's (4xx). */
export function errors(traffic) {
  return traffic && traffic.count > 0 ? (traffic.failed + traffic.refused) / traffic.count : 0;
}

export function success(traffic) {
  return traffic && traffic.count > 0 ? percent(1 - errors(traffic)) : '–';
}

export function clock(at) {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** With the day, where that is not today. */
export function moment(at) {
  const day = new Date(at);
  return day.toDateString() === new Date().toDateString() ? clock(at) : `${day.toLocaleDateString('en-GB')} ${clock(at)}`;
}

export function ago(at) {
  const seconds = Math.max(0, (Date.now() - at) / 1000);
  return seconds < 90 ? `${seconds.toFixed(0)} s ago` : `${(seconds / 60).toFixed(0)} min ago`;
}
