import { hookContract } from './contract.ts';
import { hostHome } from './support/homes.ts';

hookContract(hostHome);
