import { hookContract } from './contract.ts';
import { pluginHome } from './support/homes.ts';

hookContract(pluginHome);
