namespace Codexport.Engine.Platform.Files;

/// <summary>Which folder it is, whatever its path: numbers of deleted folders are used again, so the time of birth belongs to it.</summary>
internal readonly record struct FolderIdentity(ulong Inode, uint DeviceMajor, uint DeviceMinor, long BirthSeconds, uint BirthNanoseconds);
