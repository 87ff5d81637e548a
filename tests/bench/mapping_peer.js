'use strict'
/*
 * Runs rounds of Segment's own mapping for mapping.py:
 *
 *   node mapping_peer.js ORACLE_DIRECTORY DESTINATION ACTION MAPPING CALLS_FILE
 *
 * CALLS_FILE has a batch of calls, a JSON array, on each line. A line on the input asks for a round:
 * every batch through performBatch, mapping and JSON body included, HTTP answered in memory. The
 * seconds of the round are printed.
 */
const fs = require('fs')
const path = require('path')
const [directory, destination, action, mapping, file] = process.argv.slice(2)
const { integrations, buildMapping, wire } = require(path.join(directory, 'lib.js'))

const texts = fs.readFileSync(file, 'utf8').trim().split('\n')
const settings = { api_key: 'k', client_secret: 'k', endpoint: 'https://rest.iad-01.braze.com' }
const fields = buildMapping({
  destination,
  action,
  mapping: JSON.parse(mapping),
  useDefaultMappings: true
})
const stateContext = { getRequestContext: () => 'known', setResponseContext() {} }
const context = { features: {}, statsContext: {}, logger: {}, transactionContext: {}, stateContext }

async function round() {
  const batches = texts.map((text) => JSON.parse(text))
  const integration = integrations[destination]
  if (global.gc) global.gc()
  const began = process.hrtime.bigint()
  for (const events of batches) {
    const results = await integration.executeBatch(action, {
      ...context,
      events,
      mapping: fields,
      settings,
      subscriptionMetadata: {}
    })
    for (const one of results) {
      if (one.status >= 300) throw new Error(JSON.stringify(one))
    }
    integration.responses.length = 0
  }
  return Number(process.hrtime.bigint() - began) / 1e9
}

async function main() {
  wire.capture = true
  await round()
  const last = wire.requests.pop()
  wire.capture = false
  wire.requests.length = 0
  console.log(JSON.stringify(last.json))
  for await (const _ of require('readline').createInterface({ input: process.stdin })) {
    console.log(await round())
  }
}

main()
