namespace Codexport.Engine.Platform.Files;

/// <summary>
/// A disk on which no link is followed below some folders, its roots. They are opened when this is made and stay open, so what stands at
/// their paths later does not count. Everything below them is reached from there, folder by folder; a link on the way, however lately
/// somebody put it there, and a folder that was there before and is gone are <see cref="Errors.ErrorCode.PathBlocked"/>. A path outside of
/// the roots must hold no link in its folders at all. What stands above a root, and the roots themselves, are as on the disk beneath.
/// </summary>
public interface IConfinedFileSystem : IFileSystem, IDisposable;
