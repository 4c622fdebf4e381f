import { configExample } from './example.ts';

process.stdout.write(configExample());
