param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    $store = Join-Path $TestDrive 'store'
}

Describe 'Publish-CodexportRevision' {
    It 'changes nothing with -WhatIf' {
        Publish-CodexportRevision $store -HomePath $master -WhatIf | Should -BeNullOrEmpty
        Test-Path $store | Should -BeFalse
    }

    It 'publishes to a folder and gives what was uploaded' {
        $result = Publish-CodexportRevision $store -HomePath $master
        $result | Should -BeOfType Codexport.Engine.Results.PublicationResult
        $result.Status | Should -Be 'published'
        $result.Revision | Should -Be (Get-CodexportStatus -HomePath $master).Revision
        $result.ObjectsUploaded | Should -BeGreaterThan 3
        Test-Path (Join-Path $store v1/head) | Should -BeTrue
    }

    It 'says so when everything is there' {
        $result = Publish-CodexportRevision $store -HomePath $master
        $result.Status | Should -Be 'current'
        $printed = Get-ProgramJson $ProgramPath $master 'master', 'publish', $store
        Assert-SameField $result @($printed.publications)[0]
        Assert-View $result 'Codexport.Engine.Results.PublicationResult'
    }

    It 'refuses the place of another master, and takes it over when told to' {
        $other = New-TestMasterHome (Join-Path $TestDrive 'other')
        { Publish-CodexportRevision $store -HomePath $other } | Should -Throw -ErrorId 'PublicationConflict*'
        (Publish-CodexportRevision $store -HomePath $other -TakeOver).Status | Should -Be 'published'
    }
}
