import { configExample } from '../config/example.ts';

process.stdout.write(configExample());
