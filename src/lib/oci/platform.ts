import {UsageError} from '../errors.ts'
import type {Platform} from './descriptor.ts'
import {oneLine} from './one-line.ts'

/**
 * Reads `linux/arm64` or `linux/arm/v7`.
 *
 * @throws {UsageError} INVALID_PLATFORM.
 */
export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/')
  const isPlatform = /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/.test(text)
  if (isPlatform) return {os, architecture, ...(variant === undefined ? {} : {variant})}
  throw new UsageError(
    'INVALID_PLATFORM',
    `"${oneLine(text, 80)}" is not a platform. Write OS/ARCHITECTURE[/VARIANT], such as linux/amd64 or linux/arm/v7.`,
  )
}

export function formatPlatform({os, architecture, variant}: Platform): string {
  return oneLine([os, architecture, ...(variant === undefined ? [] : [variant])].join('/'), 80)
}

/**
 * Those of `offered` that `wanted` means: of its variant; without one those that have none, and where all have one,
 * every one of them. Pure.
 */
export function choosePlatforms<Offer extends {readonly platform?: Platform}>(
  wanted: Platform,
  offered: readonly Offer[],
): readonly Offer[] {
  const alike = offered.filter(
    ({platform}) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  )
  const variant = variantOf(wanted)
  const exact = alike.filter(({platform}) => platform !== undefined && variantOf(platform) === variant)
  return exact.length > 0 || wanted.variant !== undefined ? exact : alike
}

/** Builders leave out the only variant that there is (containerd, platforms normalisation). */
function variantOf({architecture, variant}: Platform): string | undefined {
  return variant === 'v8' && architecture === 'arm64' ? undefined : variant
}
