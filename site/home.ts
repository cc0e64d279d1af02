/**
 * The README as the home page: its heading and first paragraph become the hero, the rest follows below.
 */
export function homePage(readme: string): string {
  const [, name = '', lead = '', rest = ''] = /^# (.+)\n+([\s\S]*?)\n\n([\s\S]*)$/.exec(readme) ?? []
  if (name === '') throw new Error('README.md must begin with a heading and a paragraph')
  const [text = '', ...sentences] = plain(lead).split(/(?<=[.:]) (?=[A-Z])/)
  const hero = {
    name,
    text: text.replace(/\.$/, ''),
    tagline: sentences.join(' '),
    actions: [
      { theme: 'brand', text: 'The S3 job', link: '/s3-job' },
      { theme: 'alt', text: 'Reference', link: '/reference/' },
      { theme: 'alt', text: 'Laws', link: '/laws' },
    ],
  }
  return `---\nlayout: home\ntitle: ${JSON.stringify(name)}\ntitleTemplate: false\nhero: ${JSON.stringify(hero)}\n---\n\n${rest}`
}

function plain(markdown: string): string {
  return markdown
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
}
