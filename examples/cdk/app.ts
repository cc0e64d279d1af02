// npx aws-cdk@2 deploy s3-job -c bucketName=orders-landing -c alarmTopicName=alarms
import { App } from 'aws-cdk-lib'
import { STACKS } from './stacks.ts'

const app = new App()
for (const create of Object.values(STACKS)) create(app)
app.synth()
