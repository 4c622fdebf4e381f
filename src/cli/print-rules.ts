import { rulesPage } from '../validate/rules-page.ts';

process.stdout.write(rulesPage());
