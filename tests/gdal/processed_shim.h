/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The declarations that GDAL 3.9 added for VRTProcessedDataset, so that an older GDAL can compile and run our side. */
#ifndef WSNET_PROCESSED_SHIM_H
#define WSNET_PROCESSED_SHIM_H

#include <gdal.h>

#if GDAL_VERSION_NUM < GDAL_COMPUTE_VERSION(3, 9, 0)
#undef GDAL_VERSION_NUM
#define GDAL_VERSION_NUM GDAL_COMPUTE_VERSION(3, 9, 0)
typedef void *VRTPDWorkingDataPtr;
typedef CPLErr (*GDALVRTProcessedDatasetFuncInit)(const char *, void *, CSLConstList, int, GDALDataType, double *,
                                                  int *, GDALDataType *, double **, const char *,
                                                  VRTPDWorkingDataPtr *);
typedef void (*GDALVRTProcessedDatasetFuncFree)(const char *, void *, VRTPDWorkingDataPtr);
typedef CPLErr (*GDALVRTProcessedDatasetFuncProcess)(const char *, void *, VRTPDWorkingDataPtr, CSLConstList, int, int,
                                                     const void *, size_t, GDALDataType, int, const double *, void *,
                                                     size_t, GDALDataType, int, const double *, double, double, double,
                                                     double, const double[], const char *, CSLConstList);
CPLErr GDALVRTRegisterProcessedDatasetFunc(const char *, void *, const char *, GDALDataType, const GDALDataType *,
                                           size_t, const int *, size_t, GDALVRTProcessedDatasetFuncInit,
                                           GDALVRTProcessedDatasetFuncFree, GDALVRTProcessedDatasetFuncProcess,
                                           CSLConstList);
#define WSNET_SHIMMED
#endif

#endif
