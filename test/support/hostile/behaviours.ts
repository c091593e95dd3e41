import {authentication} from './authentication.ts'
import {besides} from './besides.ts'
import {content} from './content.ts'
import {listings} from './listings.ts'
import {redirects} from './redirects.ts'
import {uploading} from './uploads.ts'

/** Everything that a registry was seen to try, or could: what is numbered, and what was found besides (`also`). */
export const behaviours = {...redirects, ...authentication, ...uploading, ...content, ...listings, ...besides}
