import type {Dialect} from './dialect.ts'
import {acr, gar, ghcr, gitlab, hub} from './hosted.ts'
import {artifactory, harbor, quay} from './products.ts'

/** Registries that images are pushed to and pulled from. */
export const dialects: readonly Dialect[] = [hub, ghcr, gar, acr, harbor, artifactory, quay, gitlab]
