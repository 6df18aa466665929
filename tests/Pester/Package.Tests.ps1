param([string] $ModulePath, [string] $ProgramPath)

BeforeDiscovery {
    $hasResourceGet = [bool] (Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet)
}

BeforeAll {
    $version = (Import-PowerShellDataFile (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName).ModuleVersion
    $package = Convert-Path (Join-Path $PSScriptRoot "../../artifacts/package/Codexport.$version.nupkg")
    $files = Get-ChildItem -Recurse -File -Name (Join-Path $ModulePath $version) | ForEach-Object { $_.Replace('\', '/') } | Sort-Object
    $count = @(Get-Command -Module (Import-Module $ModulePath -PassThru -Force)).Count
}

Describe 'the gallery''s package' {
    It 'says what the manifest says' {
        $zip = [System.IO.Compression.ZipFile]::OpenRead($package)
        try { [xml] $nuspec = [System.IO.StreamReader]::new($zip.GetEntry('Codexport.nuspec').Open()).ReadToEnd() } finally { $zip.Dispose() }
        $manifest = Test-ModuleManifest (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName
        $metadata = $nuspec.package.metadata
        $metadata.id | Should -BeExactly 'Codexport'
        $metadata.version | Should -Be $manifest.Version
        $metadata.authors | Should -Be $manifest.Author
        $metadata.description | Should -Be $manifest.Description
        $metadata.projectUrl | Should -Be $manifest.ProjectUri
        $metadata.license.InnerText | Should -Be 'MIT'
        # What the gallery goes by to know a module with cmdlets.
        'PSModule', 'PSIncludes_Cmdlet' | Where-Object { $_ -notin ($metadata.tags -split ' ') } | Should -BeNullOrEmpty
        $manifest.Tags | Where-Object { $_ -notin ($metadata.tags -split ' ') } | Should -BeNullOrEmpty
    }

    It 'can be imported as it is unpacked, and its help and program come with it' {
        $answer = pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; (Get-Command -Module Codexport).Count; (Get-Help Sync-CodexportFollower).Synopsis"
        [int] $answer[0] | Should -Be $count
        $answer[1] | Should -BeLike 'Fetches*'
        dotnet (Join-Path $ModulePath "$version/host/codexport.dll") --version | Should -BeLike "*$version*"
    }
}

# In a home of its own: repositories and modules of the person are kept in theirs.
Describe 'a file repository' -Skip:(-not $hasResourceGet) {
    BeforeAll {
        $feed = New-Item -ItemType Directory (Join-Path $TestDrive 'feed')
        $target = New-Item -ItemType Directory (Join-Path $TestDrive 'modules')
        $userHome = New-Item -ItemType Directory (Join-Path $TestDrive 'home')
        Copy-Item $package $feed
        $names = 'HOME', 'USERPROFILE', 'LOCALAPPDATA', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'PSModulePath'
        $resourceGet = (Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet)[0].Path
        $saved = $names | ForEach-Object { [Environment]::GetEnvironmentVariable($_) }
        $names | Select-Object -First 3 | ForEach-Object { [Environment]::SetEnvironmentVariable($_, $userHome.FullName) }
        $names | Select-Object -Skip 3 | ForEach-Object { [Environment]::SetEnvironmentVariable($_, $null) }
        $answer = pwsh -NoProfile -NonInteractive -Command @"
`$ErrorActionPreference = 'Stop'
Import-Module '$resourceGet'
Register-PSResourceRepository codexport-test -Uri '$feed' -Trusted
(Find-PSResource Codexport -Repository codexport-test).Version.ToString()
Save-PSResource Codexport -Repository codexport-test -Path '$target'
Install-PSResource Codexport -Repository codexport-test
(Get-InstalledPSResource Codexport).Version.ToString()
Import-Module Codexport
(Get-Module Codexport).ModuleBase
(Get-Command -Module Codexport).Count
"@ 2>&1
        for ($i = 0; $i -lt $names.Count; $i++) { [Environment]::SetEnvironmentVariable($names[$i], $saved[$i]) }
    }

    It 'finds it' {
        $answer[0] | Should -Be $version
    }

    It 'saves exactly what the package lists' {
        $got = Get-ChildItem -Recurse -File -Name "$target/Codexport/$version" | ForEach-Object { $_.Replace('\', '/') } | Where-Object { $_ -ne 'PSGetModuleInfo.xml' }
        $got | Sort-Object | Should -Be $files
    }

    It 'installs it for the person, from where it is imported by its name' {
        $answer[1] | Should -Be $version
        $answer[2] | Should -BeLike "$userHome*Codexport*$version"
        [int] $answer[3] | Should -Be $count
    }
}

Describe 'the manifest' {
    It 'says where the module runs, under which licence, and what is new' {
        $manifest = Test-ModuleManifest (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName
        $manifest.PowerShellVersion | Should -Be ([version] '7.6')
        $manifest.CompatiblePSEditions | Should -Be 'Core'
        $manifest.Tags | Should -Contain 'PSEdition_Core'
        $manifest.LicenseUri, $manifest.ProjectUri, $manifest.ReleaseNotes | Should -Not -BeNullOrEmpty
    }
}
