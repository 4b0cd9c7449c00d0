/** The domain of AWS in a region: the partitions of China have one of their own (AWS General Reference, regional endpoints). */
export const awsDomain = (region: string): string =>
  region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
